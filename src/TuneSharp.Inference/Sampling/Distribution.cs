namespace TuneSharp.Inference.Sampling;

/// <summary>What the truncating samplers share: probabilities of scores and the scores' order. V = vocabulary.</summary>
internal static class Distribution
{
    /// <summary>
    /// Softmax with the maximum subtracted, in double. Scores of negative infinity get probability 0; if all are, the result is all zero.
    /// </summary>
    public static double[] Softmax(ReadOnlySpan<float> scores_V)
    {
        var p_V = new double[scores_V.Length];
        float max = Max(scores_V);
        if (float.IsNegativeInfinity(max)) return p_V;
        double sum = 0;
        for (int i = 0; i < p_V.Length; i++) sum += p_V[i] = Math.Exp((double)scores_V[i] - max);
        for (int i = 0; i < p_V.Length; i++) p_V[i] /= sum;
        return p_V;
    }

    public static float Max(ReadOnlySpan<float> scores_V)
    {
        float max = float.NegativeInfinity;
        foreach (float score in scores_V) max = Math.Max(max, score);
        return max;
    }

    /// <summary>Entropy in nats of probabilities; a probability of 0 adds nothing.</summary>
    public static double Entropy(ReadOnlySpan<double> p_V)
    {
        double entropy = 0;
        foreach (double p in p_V)
            if (p > 0) entropy -= p * Math.Log(p);
        return entropy;
    }

    /// <summary>
    /// Ids that are not ruled out, best first; equal scores keep the order of their ids. After a top-k there are k of them,
    /// so that sorting costs nothing where it is used most.
    /// </summary>
    public static int[] Ranked(ReadOnlySpan<float> scores_V)
    {
        int count = 0;
        foreach (float score in scores_V)
            if (!float.IsNegativeInfinity(score)) count++;
        var keys = new float[count];
        var ids = new int[count];
        for (int i = 0, k = 0; i < scores_V.Length; i++)
        {
            if (float.IsNegativeInfinity(scores_V[i])) continue;
            keys[k] = -scores_V[i];
            ids[k++] = i;
        }
        // Array.Sort is not stable: the id breaks ties.
        Array.Sort(keys, ids);
        for (int start = 0; start < count;)
        {
            int end = start + 1;
            while (end < count && keys[end] == keys[start]) end++;
            if (end - start > 1) Array.Sort(ids, start, end - start);
            start = end;
        }
        return ids;
    }

    /// <summary>The k-th largest score (1-based, k no larger than the vocabulary), without sorting more than needed.</summary>
    public static float KthLargest(ReadOnlySpan<float> scores_V, int k)
    {
        if (k >= scores_V.Length) return float.NegativeInfinity;
        var best = new PriorityQueue<float, float>(k + 1);
        foreach (float score in scores_V)
        {
            if (best.Count < k) best.Enqueue(score, score);
            else if (score > best.Peek()) best.EnqueueDequeue(score, score);
        }
        return best.Peek();
    }

    /// <summary>Log-probabilities in place; scores of negative infinity stay.</summary>
    public static void LogSoftmax(Span<float> scores_V)
    {
        float max = Max(scores_V);
        if (!float.IsFinite(max)) return;
        double sum = 0;
        foreach (float score in scores_V) sum += Math.Exp((double)score - max);
        double total = max + Math.Log(sum);
        foreach (ref float score in scores_V) score = (float)(score - total);
    }

    public static void RuleOut(Span<float> scores_V, ReadOnlySpan<int> ids)
    {
        foreach (int id in ids) scores_V[id] = float.NegativeInfinity;
    }

    /// <summary>Ids beyond the vocabulary are nothing to rule out.</summary>
    public static void RuleOut(Span<float> scores_V, IReadOnlyCollection<int> ids)
    {
        foreach (int id in ids)
            if ((uint)id < (uint)scores_V.Length) scores_V[id] = float.NegativeInfinity;
    }
}
