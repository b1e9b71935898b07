/** The client: everything that is needed without Jupyter. */

export { Channel } from "./channel";
export { connectHandlers, HasEvents } from "./hasevents";
export { loop, withOrigin } from "./loop";
export { Model } from "./model";
export { enter, evaluate, module, Realm, runsInline } from "./modules";
export { declare } from "./properties";
export * from "./protocol";
export * as py from "./py";
export { ClientSession, type ErrorNote, type Status } from "./session";
export type { Transport, TransportEvents } from "./transport";
export { StatusLine, View } from "./view";
