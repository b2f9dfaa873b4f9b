namespace TuneSharp.Formats.Files;

/// <summary>The disk that saves of the current call chain go to: the real one, unless a test has put another in its place.</summary>
public static class SaveDisk
{
    private static readonly AsyncLocal<ISaveDisk?> Replaced = new();

    public static ISaveDisk Current => Replaced.Value ?? PhysicalDisk.Instance;

    /// <summary>Sends every save of this call chain to <paramref name="disk"/> until the result is disposed. For tests of failing saves.</summary>
    public static IDisposable Replace(ISaveDisk disk)
    {
        ISaveDisk? before = Replaced.Value;
        Replaced.Value = disk;
        return new Restore(before);
    }

    private sealed class Restore(ISaveDisk? before) : IDisposable
    {
        public void Dispose() => Replaced.Value = before;
    }
}
