package io.tidemark.engine.report;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.schema.TableId;
import java.time.Clock;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes the last error of what is tried again by itself, and takes the note back when it works: a role by its name, the apply or the load of a table. A
 * note is not worth an error of its own; what cannot be written now is written, or taken back, the next time. Thread-safe.
 */
public final class RoleReports {
    private static final Logger LOG = LoggerFactory.getLogger(RoleReports.class);

    private final Documents<RoleReport> documents;
    private final Clock clock;

    /** Of what there certainly is no note: another process may have left one of what this process has not seen work. */
    private final Set<String> clear = new HashSet<>();

    public RoleReports(MetadataStore metastore, Clock clock) {
        this.documents = new Documents<>(metastore, RoleReport.class);
        this.clock = clock;
    }

    /** The apply of a table's slices. */
    public static String apply(TableId table) {
        return "apply of " + table;
    }

    /** The load of a table. */
    public static String load(TableId table) {
        return "load of " + table;
    }

    /** It failed and will be tried again. */
    public void failed(String role, TidemarkException error) {
        synchronized (clear) {
            clear.remove(role);
        }
        try {
            documents.put(
                    key(role),
                    new RoleReport(role, error.code().name(), error.reason(), error.remedy(), clock.instant()));
        } catch (TidemarkException e) {
            LOG.warn("role report not written role={} reason={}", role, e.reason());
        }
    }

    /** It works: it has done something that it could not have done if it failed still. */
    public void works(String role) {
        synchronized (clear) {
            if (!clear.add(role)) {
                return;
            }
        }
        try {
            documents.remove(key(role));
        } catch (TidemarkException e) {
            synchronized (clear) {
                clear.remove(role);
            }
            LOG.debug("role report not taken back role={} reason={}", role, e.reason());
        }
    }

    private static String key(String role) {
        return Keys.ROLES + Keys.escape(role.toLowerCase(Locale.ROOT));
    }
}
