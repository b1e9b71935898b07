/** What the parts of the client that come late use of it: they may import nothing else that is more than a type. */

export { brief, isPlain } from "./errors";
export { late } from "./late";
export { refusal, same } from "./properties";
