package io.tidemark.slices;

import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceLogProvider;
import io.tidemark.spi.slice.SliceReader;
import io.tidemark.spi.storage.ObjectStore;
import java.security.SecureRandom;
import java.time.Clock;

/** Opens slice logs, and brings the index up to what the storage holds first. */
public final class ParquetSliceLogProvider implements SliceLogProvider {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ATTEMPT_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final int ATTEMPT_LENGTH = 6;

    @Override
    public SliceLog open(
            String pipeline, ObjectStore storage, MetadataStore metastore, Clock clock, SliceFormat format) {
        new SliceIndexRebuild(pipeline, storage, metastore).catchUp();
        return new ParquetSliceLog(
                pipeline, storage, metastore, clock, ParquetSliceLogProvider::attempt, SliceLimits.DEFAULTS, format);
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
