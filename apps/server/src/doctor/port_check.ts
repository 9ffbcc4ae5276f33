import { createServer } from "node:net";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";
import type { Patient } from "./patient.ts";
import { whoListens } from "./who_listens.ts";

/** Whether the configured port is free, or taken, and by what. */
export async function* checkPort({ config, server }: Patient): AsyncGenerator<CheckResult> {
  const id = "port";
  if (config === undefined) {
    const message = say("The port is known once the configuration is right", "يُعرف المنفذ بعد تصحيح الإعدادات");
    yield { id, status: "skipped", message };
    return;
  }
  const { host, port } = config;
  const details = { host, port };
  if (server !== undefined && server.kind !== "trial") {
    const message = say(`This server listens at ${server.url}`, `يستمع هذا الخادم على ‎${server.url}`);
    yield { id, status: "ok", message, details };
    return;
  }
  const failure = port === 0 ? undefined : await bindFailure(host, port);
  if (failure === undefined) {
    const message = say(`Port ${port} is free at ${host}`, `المنفذ ${port} متاح على ${host}`);
    yield { id, status: "ok", message, details };
    return;
  }
  if (failure !== "EADDRINUSE") {
    yield {
      id,
      status: "error",
      message: say(
        `The server cannot listen at ${host}, port ${port} (${failure})`,
        `لا يستطيع الخادم الاستماع على ${host} والمنفذ ${port} ‏(${failure})`,
      ),
      remedy: say(
        "Set HOST to an address of this machine, and PORT to a port above 1023",
        "اضبط HOST على عنوان لهذا الجهاز، وPORT على منفذ أكبر من 1023",
      ),
      details: { ...details, code: failure },
    };
    return;
  }
  const by = await whoListens(port);
  yield {
    id,
    status: "error",
    message: say(
      `Port ${port} is taken by ${by === undefined ? "another program" : `'${by}'`}`,
      `المنفذ ${port} يشغله ${by === undefined ? "برنامج آخر" : `البرنامج '${by}'`}`,
    ),
    remedy: say(
      "Stop the other program, or set PORT to another port",
      "أوقف البرنامج الآخر، أو عيّن المتغير PORT إلى منفذ آخر",
    ),
    details: { ...details, ...(by !== undefined && { by }) },
  };
}

/** The system's code for why nobody can listen there; `undefined` if somebody can. */
function bindFailure(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
