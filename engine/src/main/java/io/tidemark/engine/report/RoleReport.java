package io.tidemark.engine.report;

import java.time.Instant;

/**
 * The last error of a role, for status; removed when the role works again.
 *
 * @param role the role
 * @param code code of the error
 * @param reason what happened
 * @param remedy what to do
 * @param at when
 */
public record RoleReport(String role, String code, String reason, String remedy, Instant at) {}
