package io.tidemark.engine.capture;

import io.tidemark.engine.json.Json;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where capture goes on while it finds nothing to capture, in the lake: {@code registry/<pipeline>/capture.json}. The source is acknowledged no further than
 * slices and this file say, so that lake and source join without the metadata store. Used by one thread.
 */
public final class ResumeFile {
    /** Between two files, or a slice and a file, while capture goes on. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final ObjectStore storage;
    private final Clock clock;
    private final String path;
    private @Nullable Resume last;
    private Instant lastAt = Instant.EPOCH;

    /**
     * What the file says.
     *
     * @param afterSlice newest sealed slice
     * @param token where the source goes on after it; empty when that is the slice's own token
     * @param gapAfterSlice between this slice and the next one changes are missing, because capture began anew; -1 when there is no such gap
     */
    public record Resume(long afterSlice, String token, long gapAfterSlice) {
        static final Resume NONE = new Resume(0, "", -1);
    }

    public ResumeFile(ObjectStore storage, String pipeline, Clock clock) {
        this.storage = storage;
        this.clock = clock;
        this.path = "registry/" + Keys.escape(pipeline) + "/capture.json";
    }

    /** What was written last; empty when nothing was. */
    public Optional<Resume> find() {
        try (ObjectStore.ObjectInput in = storage.open(path)) {
            return Optional.of(Json.read(new String(in.readAll(), StandardCharsets.UTF_8), Resume.class, path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot read " + path, e);
        }
    }

    /** Has the file read again: another process may have captured meanwhile. */
    void begin() {
        last = null;
    }

    /** Notes that changes are missing behind this slice; to be called before the next one is opened. */
    void noteGap(long slice) {
        write(new Resume(slice, "", slice));
    }

    /** A slice was sealed: its manifest says where the source goes on. */
    void sealed() {
        lastAt = clock.instant();
    }

    /**
     * Stores where the source goes on, if it is time to.
     *
     * @param moment at the end of capture it is always time
     * @return whether it is stored, so that the source may be told
     */
    boolean keep(long slice, String token, Moment moment) {
        Resume known = current();
        Resume next = new Resume(slice, token, known.gapAfterSlice());
        if (next.equals(known)) {
            return true;
        }
        boolean isDue = Duration.between(lastAt, clock.instant()).compareTo(PAUSE) >= 0;
        if (moment == Moment.UNDER_WAY && !isDue) {
            return false;
        }
        write(next);
        return true;
    }

    /** When {@link #keep} is called. */
    enum Moment {
        UNDER_WAY,
        AT_THE_END
    }

    private Resume current() {
        Resume known = last;
        if (known == null) {
            known = find().orElse(Resume.NONE);
            last = known;
        }
        return known;
    }

    private void write(Resume resume) {
        try (ObjectStore.ObjectOutput out = storage.create(path)) {
            out.write(Json.writePretty(resume).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot write " + path, e);
        }
        last = resume;
        lastAt = clock.instant();
    }
}
