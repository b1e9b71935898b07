/**
 * Notices that the other end of a socket is gone though the socket has not said so.
 *
 * A browser can neither ping nor see that its server pings, and a cable that was pulled closes nothing. So: when
 * something of ours waits and nothing comes for a while, ask; when nothing answers that either, give up. A page that
 * waits for nothing asks now and then while somebody looks at it, and not at all in the background.
 */

/** How long to wait, in milliseconds. */
export interface Patience {
  /** for a word from Python, when something of ours waits for its ack; then Python is asked */
  ask: number;
  /** for the answer; then the socket is given up */
  giveUp: number;
  /** until Python is asked although nothing waits */
  idle: number;
  /** for a socket to open */
  open: number;
}

export const PATIENCE: Patience = { ask: 5_000, giveUp: 5_000, idle: 60_000, open: 10_000 };

const LATE = 2_000; // ms; a timer so late was frozen with its page, and what came meanwhile is not read yet
const MAX_FACTOR = 32;

/** What is watched. */
export interface Watched {
  /** Whether something of ours waits for an ack. */
  readonly waiting: boolean;
  /** Whether what we send is on its way, slow as it may be. */
  readonly moving: boolean;
  /** Ask Python for a sign of life. */
  ask(): void;
  /** Nothing comes: give the socket up. */
  giveUp(): void;
}

type Stage = "off" | "opening" | "idle" | "waiting" | "asked";

export class Watch {
  #stage: Stage = "off";
  #timer: ReturnType<typeof setTimeout> | null = null;
  #due = 0;
  #since = 0; // when this stage began
  #heardAt = 0;
  #factor = 1; // a link may be slower than our patience: giving up in vain makes us more patient

  constructor(
    private readonly watched: Watched,
    private readonly patience: Patience = PATIENCE,
    private readonly hidden: () => boolean = () => typeof document !== "undefined" && document.hidden,
  ) {}

  /** A socket is being opened. */
  opening(): void {
    this.#enter("opening", this.patience.open);
  }

  /** It is open, and Python is greeted: it has to answer. */
  opened(): void {
    this.#enter("asked", (this.patience.ask + this.patience.giveUp) * this.#factor);
  }

  /** Something was sent. Cheap: starts a timer only when none runs for that. */
  sent(): void {
    if (this.#stage === "idle") this.#enter("waiting", this.patience.ask * this.#factor);
  }

  /** Something came: a sign of life, whatever it is. */
  heard(): void {
    this.#heardAt = Date.now();
    if (this.#stage !== "asked") return;
    if (this.#heardAt - this.#since < this.patience.ask) this.#factor = Math.max(1, this.#factor / 2);
    this.#rest();
  }

  /** The page was away, or the network was: ask at once. */
  look(): void {
    if (this.#stage === "idle" || this.#stage === "waiting") this.#ask();
  }

  /** There is no socket. */
  stop(): void {
    this.#stage = "off";
    this.#clear();
  }

  #enter(stage: Stage, delay: number): void {
    this.#clear();
    this.#stage = stage;
    this.#since = Date.now();
    this.#due = this.#since + delay;
    this.#timer = setTimeout(() => this.#fire(), delay);
  }

  /** Nobody owes us an answer just now. */
  #rest(): void {
    if (this.watched.waiting) this.#enter("waiting", this.patience.ask * this.#factor);
    else if (!this.hidden()) this.#enter("idle", this.patience.idle);
    else {
      this.#clear();
      this.#stage = "idle"; // without a timer: look() comes when the page is seen again
    }
  }

  #ask(): void {
    this.#enter("asked", this.patience.giveUp * this.#factor);
    this.watched.ask();
  }

  #fire(): void {
    this.#timer = null;
    const late = Date.now() - this.#due > LATE;
    const heard = this.#heardAt > this.#since;
    switch (this.#stage) {
      case "opening":
        if (late) this.opening();
        else this.watched.giveUp();
        break;
      case "idle":
      case "waiting":
        if (heard || this.watched.moving || (this.#stage === "idle" && this.hidden())) this.#rest();
        else if (this.#stage === "idle" || this.watched.waiting) this.#ask();
        else this.#rest();
        break;
      case "asked":
        if (late) this.#ask();
        else if (this.watched.moving) this.#enter("asked", this.patience.giveUp * this.#factor);
        else {
          this.#factor = Math.min(MAX_FACTOR, this.#factor * 2);
          this.watched.giveUp();
        }
        break;
      case "off":
    }
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
