package io.tidemark.workload.bank;

import io.tidemark.workload.run.Randoms;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Keys of rows that exist, in bounded memory (16 bytes a key). When it is full, a new key takes the place of a random old one, whose row is
 * then left alone. Safe for use by several threads.
 */
final class KeyPool {
    private static final int INITIAL = 1_024;

    private final int keysMax;
    private long[] accounts = new long[INITIAL];
    private long[] createAtMicros = new long[INITIAL];
    private int size;

    KeyPool(int keysMax) {
        this.keysMax = keysMax;
    }

    synchronized void add(Key key, SplittableRandom random) {
        int at = size < keysMax ? size++ : random.nextInt(keysMax);
        if (at >= accounts.length) {
            int capacity = (int) Math.min(keysMax, accounts.length * 2L);
            accounts = Arrays.copyOf(accounts, capacity);
            createAtMicros = Arrays.copyOf(createAtMicros, capacity);
        }
        accounts[at] = key.account();
        createAtMicros[at] = key.createAtMicros();
    }

    /** Some key, which stays; null when there is none. */
    synchronized @Nullable Key sample(SplittableRandom random, double skew) {
        if (size == 0) {
            return null;
        }
        int at = Randoms.index(random, size, skew);
        return new Key(accounts[at], createAtMicros[at]);
    }

    /** Takes some key out, so that no other thread picks the row that is about to be deleted; null when there is none. */
    synchronized @Nullable Key take(SplittableRandom random, double skew) {
        if (size == 0) {
            return null;
        }
        int at = Randoms.index(random, size, skew);
        Key key = new Key(accounts[at], createAtMicros[at]);
        size--;
        accounts[at] = accounts[size];
        createAtMicros[at] = createAtMicros[size];
        return key;
    }

    synchronized int size() {
        return size;
    }
}
