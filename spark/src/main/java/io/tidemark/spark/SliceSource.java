package io.tidemark.spark;

import io.tidemark.engine.job.ApplyJob;
import io.tidemark.engine.json.Json;
import io.tidemark.spark.upsert.EventSource;
import io.tidemark.spi.change.ChangeBatch;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The events of a job's slices; a piece is a file. */
final class SliceSource implements EventSource {
    private static final long serialVersionUID = 1L;

    private final LakeAccess lake;
    private final String text;
    private transient volatile @Nullable ApplyJob job;

    SliceSource(LakeAccess lake, ApplyJob job) {
        this.lake = lake;
        this.text = Json.write(job);
        this.job = job;
    }

    @Override
    public int pieces() {
        return job().files().size();
    }

    @Override
    public boolean hasKeyChanges() {
        return job().hasKeyChanges();
    }

    @Override
    public long bytes() {
        return job().bytes();
    }

    @Override
    public void read(int piece, Consumer<ChangeBatch> consumer) {
        job().events().read(lake.slices(), job().files().get(piece), UnaryOperator.identity(), consumer);
    }

    private ApplyJob job() {
        ApplyJob known = job;
        if (known == null) {
            known = Json.read(text, ApplyJob.class, "job");
            job = known;
        }
        return known;
    }
}
