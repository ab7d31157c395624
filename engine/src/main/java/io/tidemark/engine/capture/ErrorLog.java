package io.tidemark.engine.capture;

import io.tidemark.engine.json.Json;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps records that could not be decoded: under {@code errors/<pipeline>/<day>/}, for each the message as received ({@code .bin}) and why and
 * where ({@code .json}).
 */
final class ErrorLog {
    private final ObjectStore storage;
    private final String pipeline;
    private final Clock clock;

    ErrorLog(ObjectStore storage, String pipeline, Clock clock) {
        this.storage = storage;
        this.pipeline = pipeline;
        this.clock = clock;
    }

    /** Stores the record durably; returns the path without its ending. */
    String store(TableId table, Position position, long sequence, TidemarkException reason, byte[] raw) {
        String name =
                Keys.escape(table.schema()) + "." + Keys.escape(table.name()) + "-" + position.toHex() + "-" + sequence;
        String path = "errors/" + pipeline + "/"
                + clock.instant().atZone(ZoneOffset.UTC).toLocalDate() + "/" + name;
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("table", table);
        about.put("position", position.toString());
        about.put("sequence", sequence);
        about.put("code", reason.code().name());
        about.put("reason", reason.reason());
        about.put("remedy", reason.remedy());
        write(path + ".bin", raw);
        write(path + ".json", Json.writePretty(about).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return path;
    }

    private void write(String path, byte[] bytes) {
        try (ObjectStore.ObjectOutput out = storage.create(path)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new TidemarkException(ErrorCode.LAKE_IO, "Cannot store an undecodable record: " + e.getMessage(), e);
        }
    }
}
