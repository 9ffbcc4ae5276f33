import { parentPort, workerData } from "node:worker_threads";
import { composeContext } from "./compose_context.ts";
import type { ProjectContext, ProjectSettings } from "./project_context.ts";
import type { IndexMemory } from "./project_index.ts";
import { indexProject } from "./project_index.ts";

/** A question to the thread. */
export interface WorkerRequest {
  id: number;
  question: string;
}

/** What the thread answers; without a context the folder could not be read. */
export interface WorkerReply {
  id: number;
  context?: ProjectContext;
  error?: string;
}

// The thread that reads a project's folder: its calls to the file system wait, and nobody waits with them.
const settings = workerData as ProjectSettings;
const memory: IndexMemory = { digests: new Map() };

parentPort?.on("message", ({ id, question }: WorkerRequest) => {
  let reply: WorkerReply;
  try {
    reply = { id, context: composeContext(settings, indexProject(settings, memory), question) };
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply);
});
