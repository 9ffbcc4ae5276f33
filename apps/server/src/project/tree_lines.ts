import { shownPath } from "./context_writer.ts";
import type { IndexedFile } from "./project_index.ts";

interface Folder {
  files: string[];
  folders: Map<string, Folder>;
  /** Names' endings of all files below, with their numbers. */
  endings: Map<string, number>;
  total: number;
}

/** From the most detailed to the coarsest; the first that fits is taken. */
const DETAILS: readonly { depth: number; files: number }[] = [
  { depth: 99, files: 9_999 },
  { depth: 99, files: 60 },
  { depth: 10, files: 30 },
  { depth: 7, files: 20 },
  { depth: 5, files: 14 },
  { depth: 4, files: 10 },
  { depth: 3, files: 8 },
  { depth: 2, files: 8 },
  { depth: 1, files: 12 },
];

/** The tree of files as indented lines, in as much detail as a number of characters allows. */
export function treeLines(files: readonly IndexedFile[], limit: number): string[] {
  const root = treeOf(files);
  let lines: string[] = [];
  for (const detail of DETAILS) {
    lines = [];
    if (write(root, { ...detail, level: 0, lines, room: limit }) >= 0) return lines;
  }
  return lines;
}

const newFolder = (): Folder => ({ files: [], folders: new Map(), endings: new Map(), total: 0 });

function treeOf(files: readonly IndexedFile[]): Folder {
  const root = newFolder();
  for (const { path } of files) {
    const names = path.split("/");
    const name = names.pop() ?? "";
    const ending = /.(\.[A-Za-z0-9]{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? "other";
    let folder = root;
    count(folder, ending);
    for (const part of names) {
      const next = folder.folders.get(part) ?? newFolder();
      folder.folders.set(part, next);
      folder = next;
      count(folder, ending);
    }
    folder.files.push(name);
  }
  return root;
}

function count(folder: Folder, ending: string): void {
  folder.total += 1;
  folder.endings.set(ending, (folder.endings.get(ending) ?? 0) + 1);
}

interface Writing {
  depth: number;
  files: number;
  level: number;
  lines: string[];
  /** Characters that are left; the writing stops below zero. */
  room: number;
}

function write(folder: Folder, writing: Writing): number {
  const { level, depth, files, lines } = writing;
  let { room } = writing;
  const put = (line: string) => {
    room -= level * 2 + line.length + 1;
    lines.push("  ".repeat(level) + line);
  };
  for (const [name, inner] of [...folder.folders].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (room < 0) return room;
    if (level + 1 >= depth) {
      put(`${shownPath(name)}/ (${summaryOf(inner.endings, inner.total)})`);
      continue;
    }
    put(`${shownPath(name)}/`);
    room = write(inner, { ...writing, level: level + 1, room });
  }
  for (const name of folder.files.slice(0, files)) {
    if (room < 0) return room;
    put(shownPath(name));
  }
  const more = folder.files.length - files;
  if (more > 0) put(`… ${more} more files here`);
  return room;
}

function summaryOf(endings: ReadonlyMap<string, number>, total: number): string {
  const most = [...endings].sort(([, one], [, other]) => other - one).slice(0, 4);
  return `${total} ${total === 1 ? "file" : "files"}: ${most.map(([ending, number]) => `${number} ${ending}`).join(", ")}`;
}
