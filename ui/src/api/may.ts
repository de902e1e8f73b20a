import { useEffect, useState } from "react";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { get } from "./client";

/** Whether something may be done here, in this case and for this reason; asked before, so that nobody runs into it. `anywhere`: it is of no case. */
export function useMay(capability: string, anywhere = false): boolean {
  const inCase = useCaseId();
  const caseId = anywhere ? null : inCase;
  const { text: reason } = useReason();
  const [may, setMay] = useState(false);
  useEffect(() => {
    const control = new AbortController();
    get("/api/explain", { capability, case: caseId, reason }, control.signal).then(
      (checks) => setMay(checks.every((one) => one.holds)),
      () => setMay(false),
    );
    return () => control.abort();
  }, [capability, caseId, reason]);
  return may;
}
