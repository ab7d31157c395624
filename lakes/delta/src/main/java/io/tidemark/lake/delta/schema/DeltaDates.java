package io.tidemark.lake.delta.schema;

import java.time.LocalDate;

/** Dates and times in the log that every reader understands alike. */
public final class DeltaDates {
    private static final LocalDate FIRST = LocalDate.of(1582, 10, 15);
    private static final LocalDate LAST = LocalDate.of(9999, 12, 31);
    private static final LocalDate FIRST_TIMES = LocalDate.of(1678, 1, 1);
    private static final LocalDate LAST_TIMES = LocalDate.of(2261, 12, 31);

    private DeltaDates() {}

    /** Some readers know years of four digits only, some count days before 1582 by another calendar. */
    public static boolean isSafe(LocalDate date) {
        return !date.isBefore(FIRST) && !date.isAfter(LAST);
    }

    /** Some readers count the nanoseconds from 1970 to a time of the day, and fail where 64 bits end. */
    public static boolean hasSafeTimes(LocalDate date) {
        return !date.isBefore(FIRST_TIMES) && !date.isAfter(LAST_TIMES);
    }
}
