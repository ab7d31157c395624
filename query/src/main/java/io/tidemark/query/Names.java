package io.tidemark.query;

import java.util.Locale;

/** Comparison of names as DuckDB makes it: without regard to case. */
final class Names {
    private Names() {}

    /** Equal for names that DuckDB does not tell apart. */
    static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
