import { parseArgs } from "node:util";
import type { CheckResult, Patient } from "../doctor/mod.ts";
import { examine, readSetup } from "../doctor/mod.ts";
import { forwardedUrl } from "../forwarded_url.ts";
import { VERSION } from "../version.ts";
import { findServer, keyFor } from "./find_server.ts";
import { localUrl } from "./local_url.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { CommandError, print } from "./terminal.ts";
import { countsOf, formatReport, inOrder } from "./verify_report.ts";

/** `cogniforge verify`: tries everything that matters, and ends with 1 when something is wrong. */
export async function verifyCommand(args: string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parseArgs({ args, options: { json: { type: "boolean" }, url: { type: "string" } } });
  const { language, environment, directory } = terminal;
  const givenUrl = publicUrlOf(values.url);
  const setup = await readSetup({ environment, directory });
  const { config } = setup;
  const running = config && (await findServer(config));
  const started = config && running === undefined ? await tryStart(terminal) : undefined;
  await using trial = started?.trial;
  const server = running ?? trial?.server;
  const publicUrl = givenUrl ?? (config && running && forwardedUrl(setup.environment, localUrl(config)));
  const patient: Patient = {
    ...setup,
    server,
    serverFailure: started?.why,
    publicUrl,
    publicKey: config && givenUrl ? await keyFor(givenUrl, config) : undefined,
    signal: new AbortController().signal,
  };
  const results: CheckResult[] = [];
  const progress = showProgress(language);
  try {
    for await (const result of examine(patient)) results.push(result);
  } finally {
    progress.end();
  }
  const ordered = inOrder(results);
  const counts = countsOf(ordered);
  if (values.json) {
    await print(
      `${JSON.stringify({ ok: counts.error === 0, version: VERSION, counts, results: ordered }, undefined, 2)}\n`,
    );
  } else {
    await print(formatReport(ordered, { language, hasColours: hasColours(environment) }));
  }
  return counts.error === 0 ? 0 : 1;
}

/** A folder without room or a broken installation stops any server: that is a finding like others. */
async function tryStart({ environment, directory }: Terminal) {
  try {
    // What a server is made of takes a second to load.
    const { startTrialServer } = await import("./trial_server.ts");
    return { trial: await startTrialServer({ environment, directory }) };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

function publicUrlOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(
      {
        en: "Expected an address such as https://chat.example.com after --url, found a text that is none",
        ar: "المتوقع بعد ‎--url عنوان مثل https://chat.example.com، والموجود نص ليس عنوانًا",
      },
      { exitCode: 2 },
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function hasColours({ NO_COLOR }: Terminal["environment"]): boolean {
  return process.stdout.isTTY && !NO_COLOR;
}

/** Says on a terminal that something is under way; a slow provider may take its time. */
function showProgress(language: Terminal["language"]): { end: () => void } {
  if (!process.stderr.isTTY) return { end() {} };
  process.stderr.write(language === "ar" ? "جارٍ الفحص…" : "Checking…");
  return { end: () => process.stderr.write("\r\u001b[K") };
}
