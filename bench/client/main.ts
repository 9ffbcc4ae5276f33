// The load client as a process of its own: does the jobs that it is sent, one at a time.
import type { Job } from "./job.ts";
import { runJob } from "./run_job.ts";

process.on("message", (job: Job) => {
  void runJob(job).then((result) => process.send?.(result));
});
process.on("disconnect", () => process.exit(0));
