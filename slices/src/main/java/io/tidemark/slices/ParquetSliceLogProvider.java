package io.tidemark.slices;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceLogProvider;
import io.tidemark.spi.slice.SliceReader;
import io.tidemark.spi.storage.ObjectStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens slice logs, and brings the index up to what the storage holds first. */
public final class ParquetSliceLogProvider implements SliceLogProvider {
    private static final Logger LOG = LoggerFactory.getLogger(ParquetSliceLogProvider.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ATTEMPT_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final int ATTEMPT_LENGTH = 6;
    private static final Set<ErrorCode> AWAY =
            EnumSet.of(ErrorCode.STORAGE_UNAVAILABLE, ErrorCode.STORAGE_THROTTLED, ErrorCode.LAKE_IO);

    @Override
    public SliceLog open(
            String pipeline, ObjectStore storage, MetadataStore metastore, Clock clock, SliceFormat format) {
        ParquetSliceLog log = new ParquetSliceLog(
                pipeline, storage, metastore, clock, ParquetSliceLogProvider::attempt, SliceLimits.DEFAULTS, format);
        SliceIndexRebuild rebuild = new SliceIndexRebuild(pipeline, storage, metastore);
        try {
            rebuild.catchUp();
        } catch (TidemarkException e) {
            // A pipeline whose storage is away can be looked at.
            if (!AWAY.contains(e.code())) {
                throw e;
            }
            log.catchUpLater(rebuild);
            LOG.warn("Slice index not compared with the storage yet code={} reason={}", e.code(), e.reason());
        }
        return log;
    }

    @Override
    public SliceReader reader(ObjectStore storage) {
        return (file, consumer) -> SliceFileReader.read(storage, file, consumer);
    }

    private static String attempt() {
        StringBuilder name = new StringBuilder(ATTEMPT_LENGTH);
        for (int i = 0; i < ATTEMPT_LENGTH; i++) {
            name.append(ATTEMPT_LETTERS.charAt(RANDOM.nextInt(ATTEMPT_LETTERS.length())));
        }
        return name.toString();
    }
}
