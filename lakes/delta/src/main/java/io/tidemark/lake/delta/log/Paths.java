package io.tidemark.lake.delta.log;

import java.net.URI;
import java.net.URISyntaxException;

/** Paths of files as the log has them: relative to the table's folder, with the escapes of URIs. */
final class Paths {
    private Paths() {}

    static String encode(String path) {
        try {
            return new URI(null, null, path, null).getRawPath();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("Cannot name a file in the log (path=" + path + ")", e);
        }
    }

    /** @throws IllegalArgumentException for a path that is not under the table's folder */
    static String decode(String path) {
        URI uri = URI.create(path);
        if (uri.isAbsolute() || uri.getPath().startsWith("/")) {
            throw new IllegalArgumentException("Cannot read a file outside of its table's folder (path=" + path + ")");
        }
        return uri.getPath();
    }
}
