package io.tidemark.engine.orchestrate;

import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.LoadPlan;
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

/** Keeps the configured catalog's entries as the mirrors are, each at its first sight in a process and after every load, since only a load gives a mirror another place. */
final class CatalogEntries {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogEntries.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(1);

    private final Pipeline pipeline;
    /** The load that each registered mirror came from. */
    private final Map<TableId, LoadPlan> registered = new HashMap<>();

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
            LoadPlan load = table.load();
            if (table.state().applies() && load != null && !load.equals(registered.get(table.mirror()))) {
                pipeline.lake()
                        .location(table.mirror())
                        .ifPresent(location -> register(catalog.orElseThrow(), table.mirror(), location, load));
            }
        }
    }

    private void register(MirrorCatalog catalog, TableId mirror, String location, LoadPlan load) {
        try {
            catalog.register(mirror, location);
            registered.put(mirror, load);
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
