import { relative } from "node:path";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";
import type { Patient } from "./patient.ts";

/** All errors of the configuration, each with its path, and what was accepted but not as its author may think. */
export async function* checkConfiguration({ config, problems, source }: Patient): AsyncGenerator<CheckResult> {
  for (const { path, message } of problems) {
    yield {
      id: `configuration.${path}`,
      status: "error",
      message: say(`${path}: ${message.en}`, `${path}: ${message.ar}`),
      remedy: say(
        `Correct ${path}; docs/configuration.md tells what it takes. The server does not start on a wrong configuration`,
        `صحّح ${path}؛ وملف docs/configuration.md يشرح ما يقبله. ولا يبدأ الخادم بإعدادات خاطئة`,
      ),
      details: { path },
    };
  }
  if (config === undefined || problems.length > 0) return;
  for (const [index, notice] of config.notices.entries()) {
    yield {
      id: `configuration.notice-${index + 1}`,
      status: "warning",
      message: notice,
      remedy: say(
        "Correct or remove it; docs/configuration.md has the list",
        "صحّحه أو احذفه؛ والقائمة في docs/configuration.md",
      ),
    };
  }
  const routes = Object.keys(config.routes).length;
  const file = config.file === undefined ? undefined : relative(source.directory, config.file);
  yield {
    id: "configuration",
    status: "ok",
    message:
      file === undefined
        ? say(`No file, the environment alone: routes ${routes}`, `بلا ملف، من البيئة وحدها: عدد المسارات ${routes}`)
        : say(`${file} is right: routes ${routes}`, `الملف ${file} صحيح: عدد المسارات ${routes}`),
    details: { routes, ...(file !== undefined && { file }) },
  };
}
