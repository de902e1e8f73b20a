import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { ApiError } from "../api/client";
import type { ViewingOut } from "../api/types";
import { Clock } from "./clock";
import { Feed } from "./Feed";
import { type Line, nextShown, shownAt } from "./lanes";

const SHOWN = 100; // milliseconds between two drawings of the controls
const FAR = 0.3; // seconds that a picture may be off before it jumps; less is caught up with

/** What the controls show. */
export interface Now {
  time: number;
  playing: boolean;
  waiting: boolean;
  rate: number;
}

export interface Play {
  now: Now;
  feeds: readonly Feed[];
  clock: Clock;
  videos: RefObject<(HTMLVideoElement | null)[]>;
  /** Draw the controls at once after something was pressed. */
  touched: () => void;
}

/** All cameras of a look on one clock: who has no picture yet holds the others, what nobody shows is skipped. */
export function usePlay(
  look: ViewingOut,
  line: Line,
  begin: number,
  failed: (error: ApiError) => void,
): Play {
  const clock = useMemo(() => {
    const made = new Clock(line.length);
    made.seek(begin);
    made.play();
    return made;
  }, [line, begin]);
  const [feeds, setFeeds] = useState<readonly Feed[]>([]);
  const videos = useRef<(HTMLVideoElement | null)[]>([]);
  const report = useRef(failed);
  report.current = failed;
  const [now, setNow] = useState<Now>(() => read(clock, true));
  useEffect(() => {
    const made = line.lanes.map(
      (lane) => new Feed(look, lane, line.length, (error) => report.current(error)),
    );
    setFeeds(made);
    return () => {
      for (const feed of made) feed.close();
    };
  }, [look, line]);
  useEffect(() => {
    let [frame, drawn] = [0, 0];
    const tick = (at: number) => {
      const waiting = step(clock, line, feeds, videos.current);
      if (at - drawn >= SHOWN) {
        drawn = at;
        setNow(read(clock, waiting));
      }
      frame = requestAnimationFrame(tick);
    };
    const hidden = () => document.hidden && clock.pause();
    if (feeds.length) frame = requestAnimationFrame(tick);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [clock, line, feeds]);
  return { now, feeds, clock, videos, touched: () => setNow((before) => read(clock, before.waiting)) };
}

function read(clock: Clock, waiting: boolean): Now {
  return { time: clock.time, playing: clock.playing, rate: clock.rate, waiting };
}

/** One step of all pictures after the clock; gives whether one of them is waited for. */
function step(
  clock: Clock,
  line: Line,
  feeds: readonly Feed[],
  videos: readonly (HTMLVideoElement | null)[],
): boolean {
  if (clock.playing && clock.ended) clock.pause();
  if (clock.playing && !line.lanes.some((lane) => shownAt(lane, clock.time)))
    clock.seek(nextShown(line, clock.time) ?? line.length);
  const at = clock.time;
  const waiting = line.lanes.some((lane, n) => shownAt(lane, at) !== undefined && !feeds[n]?.has(at));
  clock.hold(waiting);
  feeds.forEach((feed, n) => {
    feed.want(at, clock.rate);
    const video = videos[n];
    if (video) follow(video, feed.place(at), clock, waiting);
  });
  return waiting;
}

/** Bring a video to where the clock is: by a jump if it is far off, else by its speed, which nobody sees. */
function follow(video: HTMLVideoElement, place: number | null, clock: Clock, waiting: boolean): void {
  if (place === null || waiting || !clock.playing) {
    if (!video.paused) video.pause();
    if (place !== null && Math.abs(place - video.currentTime) > 0.02 && !video.seeking)
      video.currentTime = place;
    return;
  }
  const off = place - video.currentTime;
  if (Math.abs(off) > FAR * Math.max(clock.rate, 1) && !video.seeking) video.currentTime = place;
  const rate = clock.rate * (1 + Math.min(Math.max(off, -0.1), 0.1));
  if (Math.abs(video.playbackRate - rate) > 0.01 * clock.rate) video.playbackRate = rate;
  if (video.paused) video.play().catch(() => undefined); // paused again before it began
}
