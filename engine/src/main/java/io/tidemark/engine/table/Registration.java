package io.tidemark.engine.table;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the registry says of a table, as it is copied to the lake.
 *
 * @param table its record
 * @param lostAt when changes of it were missed last; null when none were
 */
public record Registration(TableRecord table, @Nullable Instant lostAt) {}
