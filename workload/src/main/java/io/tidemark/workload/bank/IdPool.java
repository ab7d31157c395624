package io.tidemark.workload.bank;

import io.tidemark.workload.run.Randoms;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ids of statements that exist, in bounded memory; the same rules as {@link KeyPool}. Safe for use by several threads. */
final class IdPool {
    private final int idsMax;
    private final List<UUID> ids = new ArrayList<>();

    IdPool(int idsMax) {
        this.idsMax = idsMax;
    }

    synchronized void add(UUID id, SplittableRandom random) {
        if (ids.size() < idsMax) {
            ids.add(id);
        } else {
            ids.set(random.nextInt(idsMax), id);
        }
    }

    synchronized @Nullable UUID sample(SplittableRandom random, double skew) {
        return ids.isEmpty() ? null : ids.get(Randoms.index(random, ids.size(), skew));
    }

    synchronized @Nullable UUID take(SplittableRandom random, double skew) {
        if (ids.isEmpty()) {
            return null;
        }
        int at = Randoms.index(random, ids.size(), skew);
        UUID id = ids.get(at);
        UUID last = ids.remove(ids.size() - 1);
        if (at < ids.size()) {
            ids.set(at, last);
        }
        return id;
    }
}
