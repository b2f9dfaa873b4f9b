namespace TuneSharp.Formats;

/// <summary>The disk refused a save: full, read-only, broken, no permission.</summary>
public sealed class SaveFailedException : InvalidInputException
{
    /// <param name="path">What was to be saved.</param>
    /// <param name="inner">What the disk said.</param>
    /// <param name="inPlace">True if the new content is complete under its name and only the last confirmation failed.</param>
    public SaveFailedException(string path, Exception inner, bool inPlace = false)
        : base(
            inPlace
                ? $"It was written, but the disk did not confirm it: {inner.Message.TrimEnd('.')}. It may be lost in a power cut."
                : $"It could not be saved: {inner.Message.TrimEnd('.')}. What was there before is unchanged.",
            path,
            "Free space on the disk, check the permissions, or choose another folder.",
            inner) => InPlace = inPlace;

    public bool InPlace { get; }
}
