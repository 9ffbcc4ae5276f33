import { arch, platform, release } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { VERSION } from "../version.ts";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";
import type { Patient } from "./patient.ts";

/** The oldest major version of Node that runs the project's TypeScript as it stands. */
const NEEDED_MAJOR = 24;

/** Whether this Node runs the server. */
export async function* checkNode({ nodeVersion }: Pick<Patient, "nodeVersion">): AsyncGenerator<CheckResult> {
  const major = Number(/^v?(\d+)\./.exec(nodeVersion)?.[1] ?? Number.NaN);
  const details = { version: nodeVersion, needed: NEEDED_MAJOR };
  if (major >= NEEDED_MAJOR) {
    yield { id: "node", status: "ok", message: say(`Node ${nodeVersion}`, `‏Node ‎${nodeVersion}`), details };
    return;
  }
  yield {
    id: "node",
    status: "error",
    message: say(
      `Node ${NEEDED_MAJOR} or newer is needed, found ${nodeVersion}`,
      `يلزم الإصدار ${NEEDED_MAJOR} من Node أو أحدث، والموجود ${nodeVersion}`,
    ),
    remedy: say(
      `Install Node ${NEEDED_MAJOR} from https://nodejs.org, or start with npm start, which brings its own`,
      `ثبّت الإصدار ${NEEDED_MAJOR} من https://nodejs.org، أو شغّل بالأمر npm start الذي يجلب نسخته بنفسه`,
    ),
    details,
  };
}

/** What runs here, and whether the running server is the version of this folder. */
export async function* checkVersions({ server, signal }: Patient): AsyncGenerator<CheckResult> {
  const details = {
    cogniforge: VERSION,
    node: process.version,
    sqlite: sqliteVersion(),
    system: `${platform()} ${release()} ${arch()}`,
  };
  const running = server?.kind === "running" ? await versionOf(server.url, signal) : undefined;
  if (running !== undefined && running !== VERSION) {
    yield {
      id: "versions",
      status: "warning",
      message: say(
        `The running server is version ${running}, this folder holds ${VERSION}`,
        `الخادم العامل من الإصدار ${running}، وهذا المجلد يحوي ${VERSION}`,
      ),
      remedy: say("Restart the server to use the new version", "أعد تشغيل الخادم لاستخدام الإصدار الجديد"),
      details: { ...details, running },
    };
    return;
  }
  yield {
    id: "versions",
    status: "ok",
    message: say(
      `CogniForge ${VERSION}, SQLite ${details.sqlite}, ${details.system}`,
      `‏CogniForge ‎${VERSION}، ‏SQLite ‎${details.sqlite}، ‏${details.system}`,
    ),
    details,
  };
}

function sqliteVersion(): string {
  const database = new DatabaseSync(":memory:");
  try {
    return String(database.prepare("SELECT sqlite_version() AS version").get()?.version);
  } finally {
    database.close();
  }
}

async function versionOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/trpc/system.status`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    });
    const body = (await response.json()) as { result?: { data?: { version?: string } } };
    return body.result?.data?.version;
  } catch {
    return undefined; // The doors' own checks tell what is wrong with it.
  }
}
