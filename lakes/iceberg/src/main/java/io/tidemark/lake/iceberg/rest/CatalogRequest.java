package io.tidemark.lake.iceberg.rest;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.catalog.Namespace;

/**
 * A request as far as it tells what is wanted.
 *
 * @param method of HTTP, in upper case
 * @param path segments as they were sent, still encoded: a name may hold a slash
 * @param query as it was sent, still encoded; empty for none
 */
record CatalogRequest(String method, List<String> path, String query) {
    /** Between the levels of a namespace, by the REST catalog specification. */
    private static final String LEVELS = "\u001f";

    CatalogRequest {
        path = List.copyOf(path);
    }

    static CatalogRequest of(String method, URI uri) {
        String query = uri.getRawQuery();
        return new CatalogRequest(
                method,
                Arrays.stream(uri.getRawPath().split("/"))
                        .filter(segment -> !segment.isEmpty())
                        .toList(),
                query == null ? "" : query);
    }

    boolean reads() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** Whether the path has these segments, {@code *} standing for any one. */
    boolean matches(String... segments) {
        if (path.size() != segments.length) {
            return false;
        }
        for (int i = 0; i < segments.length; i++) {
            if (!segments[i].equals("*") && !segments[i].equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** A segment that is a name. */
    String name(int index) {
        return decoded(path.get(index));
    }

    /** A segment that is a namespace. */
    Namespace namespace(int index) {
        return levels(name(index));
    }

    /** A parameter that is a namespace; the empty one when it is not sent, or empty as older clients send it. */
    Namespace namespace(String parameter) {
        return parameter(parameter)
                .filter(text -> !text.isEmpty())
                .map(CatalogRequest::levels)
                .orElse(Namespace.empty());
    }

    /** A parameter's value. */
    Optional<String> parameter(String name) {
        return Arrays.stream(query.split("&"))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> decoded(pair.substring(name.length() + 1)))
                .findFirst();
    }

    /** For messages: as it was sent. */
    @Override
    public String toString() {
        return method + " /" + String.join("/", path);
    }

    private static Namespace levels(String text) {
        return Namespace.of(text.split(LEVELS, -1));
    }

    /** As forms are encoded, since Iceberg's clients write a blank as {@code +}; whoever follows RFC 3986 sends no bare {@code +} for anything else. */
    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
