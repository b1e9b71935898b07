/** The script of a page of the server. See alone.ts for pages without one. */

import { boot, type Config, face } from "./boot";
import type { Patience } from "./transports/watch";
import { WebSocketTransport } from "./transports/websocket";

interface Served extends Config {
  ws?: string;
  ticket?: string;
  patience?: Patience;
  most?: number;
}

boot(face, (session, config: Served) => {
  if (!config.ws) return;
  session.ticket = config.ticket ?? null;
  const url = new URL(config.ws, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  new WebSocketTransport(url.href, session, config.patience, config.most);
});
