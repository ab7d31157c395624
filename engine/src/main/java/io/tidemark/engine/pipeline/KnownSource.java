package io.tidemark.engine.pipeline;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.Source;
import io.tidemark.spi.source.SourceIdentity;
import java.util.Optional;

/**
 * Which database the pipeline's positions are of, from its first capture on. The source refuses any other one, so that nothing of two databases
 * is ever mixed. A source without a log has no such positions.
 */
public final class KnownSource {
    private final Source source;
    private final Documents<SourceIdentity> documents;

    KnownSource(Source source, MetadataStore metastore) {
        this.source = source;
        this.documents = new Documents<>(metastore, SourceIdentity.class);
    }

    /** The known database, which the source is told to require. */
    public Optional<SourceIdentity> require() {
        if (!(source instanceof LogSource log)) {
            return Optional.empty();
        }
        Optional<SourceIdentity> known = documents.find(Keys.SOURCE);
        log.require(known);
        return known;
    }

    /** This is the database from now on. */
    public void remember(SourceIdentity identity) {
        documents.put(Keys.SOURCE, identity);
        require();
    }

    /** Whatever database the next capture meets will be the known one. */
    public void forget() {
        documents.remove(Keys.SOURCE);
        require();
    }
}
