import type { StateName } from "../parts/CaseState";
import type { Scope } from "../parts/ScopeText";
import { get } from "./client";

export interface CaseInfo {
  id: string;
  state: StateName;
  until: string;
  terms: { purpose: string; basis: string; scope: Scope };
}

export function readCase(id: string, signal?: AbortSignal): Promise<CaseInfo> {
  return get<CaseInfo>(`/api/cases/${encodeURIComponent(id)}`, {}, signal);
}
