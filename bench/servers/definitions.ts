import { fileURLToPath } from "node:url";
import { cogniforge, cogniforgeShared } from "./cogniforge.ts";
import { portkey } from "./portkey.ts";
import type { ServerDefinition, ServerName } from "./server.ts";

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** All servers under test but the upstream itself, which needs no start. */
export const SERVERS: Record<Exclude<ServerName, "direct">, ServerDefinition> = {
  pipe: {
    name: "pipe",
    title: "Minimal Node pipe (node:http)",
    command: ({ upstreamPort, port }) => ({ args: [script("pipe_main.ts"), String(upstreamPort), String(port)] }),
    healthPath: "/healthz",
  },
  trpc: {
    name: "trpc",
    title: "Minimal tRPC subscription",
    command: ({ upstreamPort, port }) => ({ args: [script("trpc_main.ts"), String(upstreamPort), String(port)] }),
    healthPath: "/healthz",
  },
  portkey,
  cogniforge,
  "cogniforge-shared": cogniforgeShared,
};
