namespace TuneSharp.Training.Settings;

/// <summary>The order in which rows are trained on; the names of Hugging Face's Trainer.</summary>
public enum TrainSamplingStrategy
{
    /// <summary>A new random order in each epoch.</summary>
    Random,

    /// <summary>The order of the file.</summary>
    Sequential,

    /// <summary>A new random order in each epoch in which rows of similar length stand together, the longest first.</summary>
    GroupByLength,
}
