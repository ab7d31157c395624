package io.tidemark.engine.deadletter;

import io.tidemark.engine.json.Json;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps rows that were set aside: under {@code errors/<pipeline>/<day>/}, for each the row as received ({@code .bin}) and which, why and where
 * ({@code .json}).
 */
final class ErrorLog {
    private static final String ROW = ".bin";
    private static final String LETTER = ".json";

    private final ObjectStore storage;
    private final String pipeline;

    ErrorLog(ObjectStore storage, String pipeline) {
        this.storage = storage;
        this.pipeline = pipeline;
    }

    /** Path of a letter, without its ending. */
    String path(UndecodableRow row, String id, Instant at) {
        return folder() + at.atZone(ZoneOffset.UTC).toLocalDate() + "/"
                + Keys.escape(row.table().schema()) + "."
                + Keys.escape(row.table().name()) + "-"
                + row.position().toHex() + "-" + id;
    }

    /** Stores the row and the letter durably. */
    void store(DeadLetter letter, byte[] raw) {
        write(letter.path() + ROW, raw);
        store(letter);
    }

    /** Stores the letter, in place of what was stored of it. */
    void store(DeadLetter letter) {
        write(letter.path() + LETTER, json(letter, null, ""));
    }

    /** Paths of all letters that were ever stored, without their ending. */
    List<String> paths() {
        try {
            return storage.list(folder()).stream()
                    .filter(path -> path.endsWith(LETTER))
                    .map(path -> path.substring(0, path.length() - LETTER.length()))
                    .toList();
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot list dead letters", e);
        }
    }

    /** The letter's id, which its path ends in. */
    static String id(String path) {
        return path.substring(path.lastIndexOf('-') + 1);
    }

    /**
     * Reads a letter.
     *
     * @param path without its ending
     * @throws DamagedException when the file is not what was stored
     */
    Stored read(String path) throws DamagedException {
        String json = new String(bytes(path + LETTER), StandardCharsets.UTF_8);
        try {
            Content content = Json.read(json, Content.class, "dead letter");
            long rowBytes = content.bytes() == null ? size(path + ROW) : content.bytes();
            return new Stored(content.letter(path, rowBytes), Optional.ofNullable(content.resolvedAt()));
        } catch (TidemarkException e) {
            if (e.code() != ErrorCode.INTERNAL) {
                throw e;
            }
            throw new DamagedException(e.reason(), e);
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new DamagedException("a field is missing or wrong: " + e.getMessage(), e);
        }
    }

    private byte[] bytes(String path) {
        try (ObjectStore.ObjectInput in = storage.open(path)) {
            return in.readAll();
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot read a dead letter", e);
        }
    }

    /** Letters of earlier versions do not tell the size of their row. */
    private long size(String path) {
        try (ObjectStore.ObjectInput in = storage.open(path)) {
            return in.length();
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot read a dead letter", e);
        }
    }

    private String folder() {
        return "errors/" + pipeline + "/";
    }

    /** Notes in the letter's file that it is resolved, and how. */
    void resolved(DeadLetter letter, Instant at, String how) {
        write(letter.path() + LETTER, json(letter, at, how));
    }

    private static byte[] json(DeadLetter letter, @Nullable Instant resolvedAt, String how) {
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
        about.put("bytes", letter.bytes());
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
            throw TidemarkException.ofStorage("Cannot store a dead letter", e);
        }
    }

    /**
     * A letter as it is stored.
     *
     * @param resolvedAt when it was resolved; empty while it is open
     */
    record Stored(DeadLetter letter, Optional<Instant> resolvedAt) {}

    /** A file is no letter. */
    static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The fields of the file. */
    private record Content(
            @Nullable String id,
            @Nullable TableId table,
            @Nullable String operation,
            @Nullable String position,
            long sequence,
            @Nullable List<List<String>> keys,
            @Nullable String code,
            @Nullable String reason,
            @Nullable String remedy,
            @Nullable Long bytes,
            @Nullable Instant at,
            @Nullable Instant resolvedAt) {
        DeadLetter letter(String path, long rowBytes) {
            return new DeadLetter(
                    Objects.requireNonNull(id, "id"),
                    Objects.requireNonNull(table, "table"),
                    Objects.requireNonNull(operation, "operation"),
                    position(Objects.requireNonNull(position, "position")),
                    sequence,
                    Objects.requireNonNull(keys, "keys"),
                    Objects.requireNonNull(code, "code"),
                    Objects.requireNonNull(reason, "reason"),
                    Objects.requireNonNull(remedy, "remedy"),
                    path,
                    rowBytes,
                    Objects.requireNonNull(at, "at"));
        }

        /** Reads what {@link Position#toString()} wrote. */
        private static Position position(String text) {
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw new IllegalArgumentException("position is none");
            }
            return new Position(Long.parseUnsignedLong(text, 0, slash, 16) << 32
                    | Long.parseUnsignedLong(text, slash + 1, text.length(), 16));
        }
    }
}
