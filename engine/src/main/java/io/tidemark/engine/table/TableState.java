package io.tidemark.engine.table;

import java.util.EnumSet;
import java.util.Set;

/** Life cycle of a table. */
public enum TableState {
    /** Waits to be loaded. */
    PENDING,
    /** Existing rows are being copied. */
    LOADING,
    /** Loaded; slices up to now are being applied. */
    CATCHING_UP,
    /** Equal to the source up to the freshness that status shows. */
    LIVE,
    /** Stopped by a user; changes go on being captured. */
    PAUSED,
    /** Stopped by an error that has a remedy; changes go on being captured. */
    FAILED,
    /** Taken out by a user; a wildcard does not bring it back. */
    DROPPED;

    /** States in which slices are applied. */
    public boolean applies() {
        return this == CATCHING_UP || this == LIVE;
    }

    /** States in which the source publishes the table's changes. */
    public boolean captured() {
        return this != DROPPED;
    }

    /** Whether the life cycle has this step; staying is always one. */
    public boolean canBecome(TableState next) {
        if (this == next) {
            return true;
        }
        Set<TableState> allowed = switch (this) {
            case PENDING -> EnumSet.of(LOADING, PAUSED, FAILED, DROPPED);
            case LOADING -> EnumSet.of(CATCHING_UP, PENDING, PAUSED, FAILED, DROPPED);
            case CATCHING_UP -> EnumSet.of(LIVE, PENDING, PAUSED, FAILED, DROPPED);
            case LIVE -> EnumSet.of(CATCHING_UP, PENDING, PAUSED, FAILED, DROPPED);
            case PAUSED, FAILED -> EnumSet.of(PENDING, LOADING, CATCHING_UP, LIVE, FAILED, PAUSED, DROPPED);
            case DROPPED -> EnumSet.of(PENDING);
        };
        return allowed.contains(next);
    }

    /** As commands print it: {@code catching-up}. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
