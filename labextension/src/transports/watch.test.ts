import { beforeEach, describe, expect, type Mock, test, vi } from "vitest";
import { Watch } from "./watch";

const patience = { ask: 5000, giveUp: 4000, idle: 60_000, open: 10_000 };
let watched: { waiting: boolean; moving: boolean; ask: Mock<() => void>; giveUp: Mock<() => void> };
let hidden: boolean;
let watch: Watch;

/** A connection that was opened and welcomed. */
function live(): void {
  watch.opening();
  watch.opened();
  watch.heard();
}

beforeEach(() => {
  vi.useFakeTimers();
  hidden = false;
  watched = { waiting: false, moving: false, ask: vi.fn(), giveUp: vi.fn() };
  watched.giveUp.mockImplementation(() => watch.stop());
  watch = new Watch(watched, patience, () => hidden);
});

describe("a watch", () => {
  test("gives up a socket that does not open", () => {
    watch.opening();
    vi.advanceTimersByTime(9999);
    expect(watched.giveUp).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(watched.giveUp).toHaveBeenCalledOnce();
  });

  test("gives up a socket whose hello is not answered", () => {
    watch.opening();
    watch.opened();
    vi.advanceTimersByTime(9000);
    expect(watched.ask).not.toHaveBeenCalled();
    expect(watched.giveUp).toHaveBeenCalledOnce();
  });

  test("asks when something of ours waits too long, and gives up when nothing answers", () => {
    live();
    watched.waiting = true;
    watch.sent();
    vi.advanceTimersByTime(5000);
    expect(watched.ask).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(4000);
    expect(watched.giveUp).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("takes anything that comes for a sign of life", () => {
    live();
    watched.waiting = true;
    watch.sent();
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(4000);
      watch.heard();
    }
    expect(watched.ask).not.toHaveBeenCalled();
    vi.advanceTimersByTime(6000);
    expect(watched.ask).toHaveBeenCalledOnce();
    watch.heard();
    vi.advanceTimersByTime(4999);
    expect(watched.giveUp).not.toHaveBeenCalled();
  });

  test("does not ask when all was acknowledged in time", () => {
    live();
    watched.waiting = true;
    watch.sent();
    watch.heard();
    watched.waiting = false;
    vi.advanceTimersByTime(20_000);
    expect(watched.ask).not.toHaveBeenCalled();
  });

  test("asks once a minute where nothing waits", () => {
    live();
    vi.advanceTimersByTime(60_000);
    expect(watched.ask).toHaveBeenCalledOnce();
    watch.heard();
    vi.advanceTimersByTime(60_000);
    expect(watched.ask).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(4000);
    expect(watched.giveUp).toHaveBeenCalledOnce();
  });

  test("has no timer in the background while nothing waits, and asks when it is seen again", () => {
    hidden = true;
    live();
    expect(vi.getTimerCount()).toBe(0);
    hidden = false;
    watch.look();
    expect(watched.ask).toHaveBeenCalledOnce();
    watch.heard();
    hidden = true;
    vi.advanceTimersByTime(60_000);
    expect(watched.ask).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
    watched.waiting = true;
    watch.sent();
    expect(vi.getTimerCount()).toBe(1);
  });

  test("does not give up what is on its way, slow as it may be", () => {
    live();
    watched.waiting = watched.moving = true;
    watch.sent();
    vi.advanceTimersByTime(60_000);
    expect(watched.ask).not.toHaveBeenCalled();
    watched.moving = false;
    vi.advanceTimersByTime(10_000);
    expect(watched.giveUp).toHaveBeenCalledOnce();
  });

  test("is twice as patient after giving up in vain, and impatient again after a prompt answer", () => {
    live();
    watch.look();
    vi.advanceTimersByTime(4000);
    expect(watched.giveUp).toHaveBeenCalledTimes(1);
    watch.opening();
    watch.opened();
    vi.advanceTimersByTime(17_999);
    expect(watched.giveUp).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(watched.giveUp).toHaveBeenCalledTimes(2);
    live(); // 4 becomes 2
    watch.look();
    watch.heard(); // and 1
    watch.look();
    vi.advanceTimersByTime(4000);
    expect(watched.giveUp).toHaveBeenCalledTimes(3);
  });

  test("asks again after the page was frozen, since what came meanwhile is not read yet", () => {
    live();
    watch.look();
    vi.setSystemTime(Date.now() + 600_000);
    vi.advanceTimersByTime(4000);
    expect(watched.giveUp).not.toHaveBeenCalled();
    expect(watched.ask).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(4000);
    expect(watched.giveUp).toHaveBeenCalledOnce();
  });

  test("does nothing once there is no socket", () => {
    live();
    watch.stop();
    watch.sent();
    watch.heard();
    watch.look();
    vi.advanceTimersByTime(600_000);
    expect(watched.ask).not.toHaveBeenCalled();
    expect(watched.giveUp).not.toHaveBeenCalled();
  });
});
