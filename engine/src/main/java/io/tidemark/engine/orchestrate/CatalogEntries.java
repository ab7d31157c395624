package io.tidemark.engine.orchestrate;

import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.MirrorCatalog;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the configured catalog's entries as the mirrors are, each at its first sight in a process and whenever its place changes. */
final class CatalogEntries {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogEntries.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(1);

    private final Pipeline pipeline;
    private final Map<TableId, String> registered = new HashMap<>();
    private Instant next = Instant.EPOCH;

    CatalogEntries(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** Registers what is loaded and was not yet. What the catalog does not take is said, and tried again in a minute; nothing else waits for it. */
    void keep(List<TableRecord> tables) {
        Optional<MirrorCatalog> catalog = pipeline.catalog();
        if (catalog.isEmpty() || pipeline.clock().instant().isBefore(next)) {
            return;
        }
        for (TableRecord table : tables) {
            if (table.state().applies()) {
                pipeline.lake()
                        .location(table.mirror())
                        .filter(location -> !location.equals(registered.get(table.mirror())))
                        .ifPresent(location -> register(catalog.orElseThrow(), table.mirror(), location));
            }
        }
    }

    private void register(MirrorCatalog catalog, TableId mirror, String location) {
        try {
            catalog.register(mirror, location);
            registered.put(mirror, location);
            LOG.info("mirror is in the catalog table={} location={}", mirror, location);
        } catch (TidemarkException e) {
            next = pipeline.clock().instant().plus(PAUSE_AFTER_FAILURE);
            LOG.warn(
                    "mirror is not in the catalog table={} code={} reason={} remedy={}",
                    mirror,
                    e.code(),
                    e.reason(),
                    e.remedy());
        }
    }
}
