package io.tidemark.workload.shop;

import io.tidemark.workload.run.Randoms;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Keys of items that exist, in bounded memory. When it is full, a new key takes the place of a random old one, whose item is then left alone. Safe
 * for use by several threads.
 */
final class ItemKeys {
    private final int keysMax;
    private final List<Map<String, Object>> keys;

    ItemKeys(int keysMax, Collection<Map<String, Object>> known) {
        this.keysMax = keysMax;
        this.keys = new ArrayList<>(known);
    }

    synchronized void add(Map<String, Object> key, SplittableRandom random) {
        if (keys.size() < keysMax) {
            keys.add(key);
        } else {
            keys.set(random.nextInt(keysMax), key);
        }
    }

    /** Some key, which stays. */
    synchronized Optional<Map<String, Object>> sample(SplittableRandom random, double skew) {
        return keys.isEmpty() ? Optional.empty() : Optional.of(keys.get(Randoms.index(random, keys.size(), skew)));
    }

    /** Takes some key out, so that no other thread picks the item that is about to be deleted. */
    synchronized Optional<Map<String, Object>> take(SplittableRandom random, double skew) {
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        int at = Randoms.index(random, keys.size(), skew);
        Map<String, Object> key = keys.get(at);
        Map<String, Object> last = keys.remove(keys.size() - 1);
        if (at < keys.size()) {
            keys.set(at, last);
        }
        return Optional.of(key);
    }

    synchronized int size() {
        return keys.size();
    }
}
