package io.tidemark.workload.run;

import java.util.SplittableRandom;

/**
 * How the changes divide; the three percentages make 100.
 *
 * @param insertPercent share of inserted rows
 * @param updatePercent share of updated rows
 * @param deletePercent share of deleted rows
 */
public record Mix(int insertPercent, int updatePercent, int deletePercent) {
    private static final int ALL = 100;

    /** Mostly new rows, many corrections, some deletions. */
    public static final Mix DEFAULT = new Mix(60, 30, 10);

    public Mix {
        boolean valid = insertPercent >= 0
                && updatePercent >= 0
                && deletePercent >= 0
                && (long) insertPercent + updatePercent + deletePercent == ALL;
        Invalid.unless(
                valid,
                "run the workload",
                "the shares of inserts, updates and deletes must be 0 or more and make 100 together",
                "mix",
                insertPercent + "/" + updatePercent + "/" + deletePercent);
    }

    /** The kinds of 100 changes in a row, shuffled: repeating them keeps the shares exactly. */
    public ChangeKind[] shuffled(SplittableRandom random) {
        ChangeKind[] kinds = new ChangeKind[ALL];
        for (int i = 0; i < ALL; i++) {
            kinds[i] = i < insertPercent
                    ? ChangeKind.INSERT
                    : i < insertPercent + updatePercent ? ChangeKind.UPDATE : ChangeKind.DELETE;
        }
        for (int i = ALL - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            ChangeKind kind = kinds[i];
            kinds[i] = kinds[j];
            kinds[j] = kind;
        }
        return kinds;
    }
}
