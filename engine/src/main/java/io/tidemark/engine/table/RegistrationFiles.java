package io.tidemark.engine.table;

import io.tidemark.engine.json.Json;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of the registry in the lake, one file a table under {@code registry/<pipeline>/tables/}: what a mirror itself does not tell (which rows and columns of
 * the table, the schema of the source, the state). Nothing reads them but the rebuild of a metadata store that was lost. A copy can be older than the
 * registry, where a process died between the two or two of them wrote at the same time, until {@link #keep} is called again; so what it says is
 * believed only where mirror and slice log agree.
 */
public final class RegistrationFiles {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationFiles.class);
    private static final String ENDING = ".json";

    private final ObjectStore storage;
    private final String folder;
    private final Map<TableId, Registration> written = new ConcurrentHashMap<>();

    public RegistrationFiles(ObjectStore storage, String pipeline) {
        this.storage = storage;
        this.folder = "registry/" + Keys.escape(pipeline) + "/tables/";
    }

    /** Writes a copy unless this process has written the same last. The registry goes on without, and is copied later, when the lake cannot be written. */
    public void keep(Registration registration) {
        TableId table = registration.table().id();
        if (registration.equals(written.get(table))) {
            return;
        }
        try (ObjectStore.ObjectOutput out = storage.create(Keys.of(folder, table) + ENDING)) {
            out.write(Json.writePretty(registration).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.warn("registration not copied to the lake table={} reason={}", table, e.getMessage());
            return;
        }
        written.put(table, registration);
    }

    /**
     * All copies.
     *
     * @throws TidemarkException {@code LAKE_IO} when they cannot be read
     */
    public List<Registration> list() {
        try {
            return storage.list(folder).stream()
                    .filter(path -> path.endsWith(ENDING))
                    .map(this::read)
                    .toList();
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot list the copied registry", e);
        }
    }

    /** Deletes all copies: the pipeline ends. */
    public void remove() {
        try {
            storage.deleteAll(folder);
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot delete the copied registry", e);
        }
        written.clear();
    }

    private Registration read(String path) {
        try (ObjectStore.ObjectInput in = storage.open(path)) {
            return Json.read(new String(in.readAll(), StandardCharsets.UTF_8), Registration.class, path);
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot read " + path, e);
        }
    }
}
