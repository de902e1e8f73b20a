import { useMemo, useState } from "react";
import { useCameras } from "../api/cameras";
import type { KeptOut } from "../api/types";
import { grouped, type Order, ordered, type Shots } from "./basket";

/** The groups of the basket in the order that is chosen. */
export function useGroups(kept: readonly KeptOut[], shots: Shots) {
  const cameras = useCameras();
  const [order, setOrder] = useState<Order>("time");
  const groups = useMemo(
    () => grouped(ordered(kept, order, shots, (id) => cameras.get(id)?.name ?? id)),
    [kept, order, shots, cameras],
  );
  return { groups, order, setOrder };
}
