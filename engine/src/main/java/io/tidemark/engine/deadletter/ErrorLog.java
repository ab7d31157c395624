package io.tidemark.engine.deadletter;

import io.tidemark.engine.json.Json;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps rows that were set aside: under {@code errors/<pipeline>/<day>/}, for each the row as received ({@code .bin}) and which, why and where
 * ({@code .json}).
 */
final class ErrorLog {
    private final ObjectStore storage;
    private final String pipeline;

    ErrorLog(ObjectStore storage, String pipeline) {
        this.storage = storage;
        this.pipeline = pipeline;
    }

    /** Path of a letter, without its ending. */
    String path(UndecodableRow row, String id, Instant at) {
        return "errors/" + pipeline + "/" + at.atZone(ZoneOffset.UTC).toLocalDate() + "/"
                + Keys.escape(row.table().schema()) + "."
                + Keys.escape(row.table().name()) + "-"
                + row.position().toHex() + "-" + id;
    }

    /** Stores the row and the letter durably. */
    void store(DeadLetter letter, byte[] raw) {
        write(letter.path() + ".bin", raw);
        write(letter.path() + ".json", json(letter, null, ""));
    }

    /** Notes in the letter's file that it is resolved, and how. */
    void resolved(DeadLetter letter, Instant at, String how) {
        write(letter.path() + ".json", json(letter, at, how));
    }

    private static byte[] json(DeadLetter letter, @org.jspecify.annotations.Nullable Instant resolvedAt, String how) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("id", letter.id());
        about.put("table", letter.table());
        about.put("operation", letter.operation());
        about.put("position", letter.position().toString());
        about.put("sequence", letter.sequence());
        about.put("keys", letter.keys());
        about.put("code", letter.code());
        about.put("reason", letter.reason());
        about.put("remedy", letter.remedy());
        about.put("at", letter.at());
        if (resolvedAt != null) {
            about.put("resolvedAt", resolvedAt);
            about.put("resolution", how);
        }
        return Json.writePretty(about).getBytes(StandardCharsets.UTF_8);
    }

    private void write(String path, byte[] bytes) {
        try (ObjectStore.ObjectOutput out = storage.create(path)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new TidemarkException(ErrorCode.LAKE_IO, "Cannot store a dead letter: " + e.getMessage(), e);
        }
    }
}
