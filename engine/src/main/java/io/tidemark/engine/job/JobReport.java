package io.tidemark.engine.job;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of an {@link ApplyJob} or a {@link LoadJob}.
 *
 * @param progress as committed; null when nothing was
 * @param events how many events were applied, or rows loaded
 * @param code code of the error; null when there was none
 * @param reason what happened
 * @param remedy what to do
 * @param missingKeys as {@link io.tidemark.spi.lake.LakeApply#missingKeys}
 */
public record JobReport(
        @Nullable LakeProgress progress,
        long events,
        @Nullable String code,
        String reason,
        String remedy,
        List<List<String>> missingKeys) {
    public JobReport {
        missingKeys = List.copyOf(missingKeys);
    }

    public static JobReport committed(LakeProgress progress, long events) {
        return new JobReport(progress, events, null, "", "", List.of());
    }

    public static JobReport failed(TidemarkException error, List<List<String>> missingKeys) {
        return new JobReport(null, 0, error.code().name(), error.reason(), error.remedy(), missingKeys);
    }

    /** The error, as the one who ran the job had it; null when there was none. */
    public @Nullable TidemarkException error() {
        return code == null ? null : new TidemarkException(ErrorCode.valueOf(code), reason, remedy, null);
    }
}
