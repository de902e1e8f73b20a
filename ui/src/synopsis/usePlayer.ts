import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { ApiError } from "../api/client";
import { ApiError as Trouble, troubleOf } from "../api/client";
import { Player, type Snapshot } from "./player";
import type { Show } from "./show";

/** A player for as long as the page stands, and what went wrong with its sprites. */
export function usePlayerOf(show: Show): [Player | null, ApiError | null] {
  const [player, setPlayer] = useState<Player | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    const made = new Player(show, (status, detail, rule) => {
      const trouble = status === 0 ? "offline" : status < 0 ? "failed" : troubleOf(status);
      setError(new Trouble(trouble, detail, rule, status));
    });
    setPlayer(made);
    setError(null);
    return () => made.close();
  }, [show]);
  return [player, error];
}

/** What all parts of the page share. */
export interface Scene {
  show: Show;
  player: Player;
}

/** A value of the player's snapshot; what uses it is drawn anew only when the value changes. */
export function usePlaying<T>(player: Player, select: (snapshot: Snapshot) => T): T {
  return useSyncExternalStore(player.subscribe, () => select(player.getSnapshot()));
}

/** The names of a tube's kind and colours, in the reader's language. */
export type NameOf = (tube: number) => string;

export const NameContext = createContext<NameOf>(() => "");

export function useNames(): NameOf {
  return useContext(NameContext);
}
