package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where files are, as DuckDB reads them. */
final class Locations {
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*", Pattern.DOTALL);
    private static final Pattern FILE_SCHEME = Pattern.compile("file:(//)?(?=/)");

    private Locations() {}

    /** The absolute path of a file on a local disk. */
    static String local(String location) {
        String path = FILE_SCHEME.matcher(location).replaceFirst("");
        if (SCHEME.matcher(path).matches()) {
            throw new TidemarkException(
                    ErrorCode.QUERY_FAILED,
                    "Cannot read the file: local SQL reads local disks only (file=" + location + ")",
                    "Attach Trino, Spark or DuckDB with its own credentials to the lake's catalog.",
                    null);
        }
        return Path.of(path).toAbsolutePath().normalize().toString();
    }

    /**
     * What is wrong with a file, if anything.
     *
     * @param bytes size that it must have; -1 when any will do
     */
    static Optional<String> findDamage(String location, long bytes) {
        try {
            long found = Files.size(Path.of(local(location)));
            return bytes < 0 || bytes == found
                    ? Optional.empty()
                    : Optional.of("a data file has the wrong size (expected=" + bytes + ", found=" + found + ")");
        } catch (IOException e) {
            return Optional.of("a data file is missing or cannot be read");
        }
    }
}
