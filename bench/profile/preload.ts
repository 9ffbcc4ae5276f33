// Loaded into a server under test before its program: the first SIGUSR2 begins a CPU profile of the main thread, the second writes it.
import { renameSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { isMainThread } from "node:worker_threads";

/** Microseconds between two samples. */
const INTERVAL_US = 500;

const path = new URL(import.meta.url).searchParams.get("out") ?? "server.cpuprofile";
const session = new Session();
let isRunning = false;

function toggle(): void {
  if (!isRunning) {
    isRunning = true;
    session.connect();
    session.post("Profiler.enable");
    session.post("Profiler.setSamplingInterval", { interval: INTERVAL_US });
    session.post("Profiler.start");
    return;
  }
  session.post("Profiler.stop", (error, found) => {
    if (error) throw error;
    writeFileSync(`${path}.part`, JSON.stringify(found.profile));
    // Whoever waits for the file finds it whole.
    renameSync(`${path}.part`, path);
  });
}

if (isMainThread) process.on("SIGUSR2", toggle);
