import { shownPath } from "./context_writer.ts";
import type { FileRole } from "./file_roles.ts";
import { isReadme } from "./file_roles.ts";
import type { GitState } from "./git_state.ts";
import type { IndexedFile, ProjectIndex } from "./project_index.ts";

const MAX_LANGUAGES = 12;
const MAX_NAMED = 10;
const MAX_MARKS = 15;

/** What can be said of a project as a whole, the most telling first. */
export function overviewLines(index: ProjectIndex, git: GitState | undefined): string[] {
  const { files } = index;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return [
    `Project: ${index.name}`,
    `Files: ${files.length} (${kilobytes(bytes)})${index.isWhole ? "" : ", and more that were not listed, as there are too many"}`,
    ...languageLines(index),
    ...presenceLines(files),
    ...leftOutLines(index),
    ...sizeLines(files),
    ...importLines(files),
    ...markLines(files),
    ...gitLines(git),
  ];
}

function languageLines({ files, isAllRead }: ProjectIndex): string[] {
  const totals = new Map<string, { files: number; lines: number; size: number }>();
  for (const { language, digest, size, role } of files) {
    if (language === undefined || role === "generated") continue;
    const total = totals.get(language.name) ?? { files: 0, lines: 0, size: 0 };
    totals.set(language.name, {
      files: total.files + 1,
      lines: total.lines + (digest?.lines ?? 0),
      size: total.size + size,
    });
  }
  const rows = [...totals].sort(([, one], [, other]) => other.size - one.size).slice(0, MAX_LANGUAGES);
  const note = isAllRead ? "" : " (not all files were looked into: lines are at least these)";
  return [
    `Languages${note}:`,
    ...rows.map(([name, total]) => `- ${name}: ${total.files} files, ${total.lines} lines, ${kilobytes(total.size)}`),
  ];
}

function presenceLines(files: readonly IndexedFile[]): string[] {
  const sources = files.filter(({ role, language }) => role === "source" && language?.isCode).length;
  const tests = files.filter(({ role, language }) => role === "test" && language?.isCode);
  const found = (label: string, fits: (file: IndexedFile) => boolean) => {
    const some = files.filter(fits).slice(0, 5);
    return `${label}: ${some.length === 0 ? "none found" : some.map(({ path }) => shownPath(path)).join(", ")}`;
  };
  const has = (role: FileRole) => (file: IndexedFile) => file.role === role;
  return [
    tests.length === 0
      ? `Tests: none found beside ${sources} source files`
      : `Tests: ${tests.length} test files beside ${sources} source files`,
    found("Workflows (CI)", has("workflow")),
    found("Manifests", has("manifest")),
    found("Introductions", ({ path }) => isReadme(path)),
    found("Licence", ({ path }) => /^(?:licen[cs]e|copying)(?:\.[a-z]+)?$/i.test(path)),
    found("Lock files", ({ path, role }) => role === "generated" && /lock|go\.sum/i.test(path) && !path.includes("/")),
  ];
}

function leftOutLines({ leftOut: { ignored, secret, links, unreadable } }: ProjectIndex): string[] {
  const told = [
    [ignored, "by ignore files"],
    [secret, "as their names say that they hold secrets"],
    [links, "links that are not followed"],
    [unreadable, "that can't be read"],
  ] as const;
  const some = told.filter(([number]) => number > 0).map(([number, why]) => `${number} ${why}`);
  const always = "folders of version control, dependencies and caches";
  return [`Left out: ${[always, ...some].join("; ")}`];
}

function sizeLines(files: readonly IndexedFile[]): string[] {
  const largest = files
    .filter(({ role, language, digest }) => role === "source" && language?.isCode && digest && !digest.isGenerated)
    .sort((one, other) => (other.digest?.lines ?? 0) - (one.digest?.lines ?? 0))
    .slice(0, MAX_NAMED);
  if (largest.length === 0) return [];
  return [
    "Longest source files:",
    ...largest.map(({ path, digest }) => `- ${shownPath(path)}: ${digest?.lines} lines`),
  ];
}

function importLines(files: readonly IndexedFile[]): string[] {
  const most = files
    .filter(({ importedBy }) => importedBy > 1)
    .sort((one, other) => other.importedBy - one.importedBy)
    .slice(0, MAX_NAMED);
  if (most.length === 0) return [];
  return [
    "Imported most often:",
    ...most.map(({ path, importedBy }) => `- ${shownPath(path)}: by ${importedBy} files`),
  ];
}

function markLines(files: readonly IndexedFile[]): string[] {
  const marks = files.flatMap(({ path, digest }) => (digest?.marks ?? []).map((mark) => ({ path, ...mark })));
  if (marks.length === 0) return ["Comments that say TODO, FIXME, HACK, XXX or BUG: none found"];
  return [
    `Comments that say TODO, FIXME, HACK, XXX or BUG: ${marks.length}`,
    ...marks.slice(0, MAX_MARKS).map(({ path, word, line }) => `- ${word} in ${shownPath(path)}:${line}`),
  ];
}

function gitLines(git: GitState | undefined): string[] {
  if (git === undefined) return [];
  const branch = git.branch === undefined ? [] : [`Git branch: ${shownPath(git.branch)}`];
  if (git.changes.length === 0) return branch;
  const changes = git.changes.map(({ date, subject }) => `- ${date} ${shownPath(subject)}`);
  return [...branch, "Last changes on this machine:", ...changes];
}

function kilobytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KB`;
}
