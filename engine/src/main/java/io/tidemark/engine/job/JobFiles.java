package io.tidemark.engine.job;

import io.tidemark.engine.json.Json;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.UUID;

/** Files of jobs in the lake's storage. */
public final class JobFiles {
    private static final String JSON = ".json";

    private JobFiles() {}

    /** What a job is told. */
    static String job(String pipeline, TableId table, UUID id) {
        return "jobs/" + pipeline + "/" + URLEncoder.encode(table.toString(), StandardCharsets.UTF_8) + "-" + id + JSON;
    }

    /** What a job says it did. */
    public static String report(String job) {
        return job.substring(0, job.length() - JSON.length()) + ".report" + JSON;
    }

    /** Reads a file of a job; empty when there is none. */
    public static <T> Optional<T> find(ObjectStore storage, String path, Class<T> type) {
        try (ObjectInput input = storage.open(path)) {
            return Optional.of(
                    Json.read(new String(input.readAll(), StandardCharsets.UTF_8), type, "job file " + path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("read", path, e);
        }
    }

    /** Writes a file of a job. */
    public static void write(ObjectStore storage, String path, Object value) {
        try (ObjectOutput output = storage.create(path)) {
            output.write(Json.write(value).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failed("write", path, e);
        }
    }

    private static TidemarkException failed(String verb, String path, IOException cause) {
        return TidemarkException.ofStorage("Cannot " + verb + " a file of a job", " (path=" + path + ")", cause);
    }
}
