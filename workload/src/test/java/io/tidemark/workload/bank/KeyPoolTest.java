package io.tidemark.workload.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KeyPoolTest {
    private final SplittableRandom random = new SplittableRandom(3);

    @Test
    void takesEachKeyOnceUntilItIsEmpty() {
        KeyPool pool = new KeyPool(10_000);
        for (int i = 0; i < 5_000; i++) {
            pool.add(new Key(i, -i), random);
        }
        Set<Key> taken = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            Key key = pool.take(random, i % 3);
            assertThat(key).isNotNull();
            assertThat(key.createAtMicros()).isEqualTo(-key.account());
            assertThat(taken.add(key)).isTrue();
        }
        assertThat(pool.take(random, 0)).isNull();
        assertThat(pool.sample(random, 1)).isNull();
    }

    @Test
    void staysWithinItsLimitAndForgetsRandomOldKeys() {
        KeyPool pool = new KeyPool(2_000);
        for (int i = 0; i < 10_000; i++) {
            pool.add(new Key(i, i), random);
        }
        assertThat(pool.size()).isEqualTo(2_000);
        int recent = 0;
        for (int i = 0; i < 2_000; i++) {
            Key key = pool.take(random, 0);
            assertThat(key).isNotNull();
            recent += key.account() >= 8_000 ? 1 : 0;
        }
        assertThat(recent).isBetween(1_000, 1_500);
    }

    @Test
    void picksHotKeysMoreOftenWithSkew() {
        KeyPool pool = new KeyPool(1_000);
        for (int i = 0; i < 1_000; i++) {
            pool.add(new Key(i, i), random);
        }
        int even = 0;
        int skewed = 0;
        for (int i = 0; i < 10_000; i++) {
            even += pool.sample(random, 0).account() < 250 ? 1 : 0;
            skewed += pool.sample(random, 1).account() < 250 ? 1 : 0;
        }
        assertThat(even).isBetween(2_200, 2_800);
        assertThat(skewed).isBetween(4_700, 5_300);
    }

    @Test
    void keepsStatementIdsByTheSameRules() {
        IdPool pool = new IdPool(100);
        for (int i = 0; i < 150; i++) {
            pool.add(new UUID(i, i), random);
        }
        Set<UUID> taken = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(pool.sample(random, 1)).isNotNull();
            assertThat(taken.add(pool.take(random, 0))).isTrue();
        }
        assertThat(pool.take(random, 0)).isNull();
    }
}
