import type { components } from "./schema";

type Schemas = components["schemas"];

export type CaseOut = Schemas["CaseOut"];
export type ScopeModel = Schemas["ScopeModel"];
export type SessionOut = Schemas["SessionOut"];
export type WorkspaceOut = Schemas["WorkspaceOut"];
export type May = Schemas["May"];
export type RequestOut = Schemas["RequestOut"];
