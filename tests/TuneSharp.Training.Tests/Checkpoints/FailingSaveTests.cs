using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Training.Checkpoints;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Checkpoints;

public class FailingSaveTests
{
    private static readonly TrainingSettings Settings = new() { MaxSteps = 6, SaveSteps = 2, EvalSteps = 0, PerDeviceTrainBatchSize = 4, SaveTotalLimit = null };

    [Fact]
    public void DiskThatFailsInTheMiddle_TrainingGoesOnAndTriesAgain()
    {
        using var run = new TrainRun();
        var disk = new FailingDisk();
        using IDisposable replaced = SaveDisk.Replace(disk);
        // The second checkpoint cannot be written; the third can.
        Finished finished = run.Run(TrainRun.Lora, Settings, TinyModel.Rows(16), poll: () =>
        {
            disk.Broken = run.Events.OfType<CheckpointSaved>().Any() && !run.Events.OfType<Warning>().Any();
            return RunRequest.None;
        });
        finished.Step.ShouldBe(6);
        run.Events.OfType<Warning>().Single().Code.ShouldBe("checkpoint_failed");
        run.Events.OfType<CheckpointSaved>().Select(e => e.Step).ShouldBe([2, 6]);
    }

    [Fact]
    public void DiskThatFailsAtTheEnd_IsAnError_AndTheEarlierCheckpointStands()
    {
        using var run = new TrainRun();
        var disk = new FailingDisk();
        using IDisposable replaced = SaveDisk.Replace(disk);
        Should.Throw<SaveFailedException>(() => run.Run(TrainRun.Lora, Settings with { SaveSteps = 5 }, TinyModel.Rows(16), poll: () =>
        {
            disk.Broken = run.Events.OfType<CheckpointSaved>().Any();
            return RunRequest.None;
        }));
        CheckpointStore.Latest(run.Checkpoints).ShouldBe(new CheckpointStore(run.Checkpoints).PathOf(5));
        Directory.Exists(run.Result).ShouldBeFalse();
    }

    [Fact]
    public void OldCheckpointThatCannotBeDeleted_IsAWarning()
    {
        using var run = new TrainRun();
        using IDisposable replaced = SaveDisk.Replace(new FailingDisk { KeepsFolders = true });
        Finished finished = run.Run(TrainRun.Lora, Settings with { SaveTotalLimit = 1 }, TinyModel.Rows(16));
        finished.Step.ShouldBe(6);
        run.Events.OfType<Warning>().ShouldAllBe(w => w.Code == "checkpoint_not_deleted");
        run.Events.OfType<Warning>().Count().ShouldBe(2);
    }

    [Fact]
    public void KilledWhileACheckpointIsReplaced_TheOldOneIsFoundAgain()
    {
        using var run = new TrainRun();
        run.Run(TrainRun.Lora, Settings with { MaxSteps = 2 }, TinyModel.Rows(8));
        var store = new CheckpointStore(run.Checkpoints);
        // The old folder is set aside; then nothing works any more, as if the process were gone.
        using (SaveDisk.Replace(new FailingDisk { FolderRenames = 1 }))
            Should.Throw<SaveFailedException>(() => store.Write(2, folder => File.WriteAllText(Path.Combine(folder, "x"), "x")));
        Directory.Exists(store.PathOf(2)).ShouldBeFalse();
        CheckpointStore.Latest(run.Checkpoints).ShouldBe(store.PathOf(2));
        TrainerState.Read(store.PathOf(2)).Step.ShouldBe(2);
    }

    [Fact]
    public void FailureAtEachCallOfASave_LeavesTheCheckpointBefore_AndNoRemains()
    {
        using var before = new TrainRun();
        before.Run(TrainRun.Lora, Settings with { MaxSteps = 2 }, TinyModel.Rows(8));
        for (int call = 1; ; call++)
        {
            using var run = new TrainRun();
            CopyFolder(before.Checkpoints, run.Checkpoints);
            var disk = new FailingDisk { FailAt = call };
            using (SaveDisk.Replace(disk))
            {
                try
                {
                    run.Run(TrainRun.Lora, Settings with { MaxSteps = 1, SaveSteps = 0 }, TinyModel.Rows(8));
                }
                catch (SaveFailedException)
                {
                }
            }

            if (!disk.Failed)
            {
                call.ShouldBeGreaterThan(10);
                return;
            }

            CheckpointStore.Latest(run.Checkpoints).ShouldNotBeNull($"call {call}");
            Directory.GetFileSystemEntries(run.Checkpoints).ShouldAllBe(path => Path.GetFileName(path).Length == "step-000002".Length, $"call {call}");
        }
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string folder in Directory.GetDirectories(from)) CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    /// <summary>The real disk, whose creating, renaming and flushing calls fail when told to.</summary>
    private sealed class FailingDisk : ISaveDisk
    {
        private int _calls;

        public bool Broken { get; set; }

        public int FailAt { get; init; }

        public bool Failed { get; private set; }

        public bool KeepsFolders { get; init; }

        /// <summary>So many folders can be renamed.</summary>
        public int FolderRenames { get; set; } = int.MaxValue;

        public Stream Create(string path) { Count(); return PhysicalDisk.Instance.Create(path); }

        public void FlushToDisk(Stream stream) { Count(); PhysicalDisk.Instance.FlushToDisk(stream); }

        public void FlushFile(string path) { Count(); PhysicalDisk.Instance.FlushFile(path); }

        public void RenameFile(string from, string to) { Count(); PhysicalDisk.Instance.RenameFile(from, to); }

        public void CreateFolder(string path) { Count(); PhysicalDisk.Instance.CreateFolder(path); }

        public void RenameFolder(string from, string to) { Count(); if (FolderRenames-- <= 0) throw new IOException("Gone"); PhysicalDisk.Instance.RenameFolder(from, to); }

        public void FlushFolder(string path) { Count(); PhysicalDisk.Instance.FlushFolder(path); }

        public void DeleteFile(string path) => PhysicalDisk.Instance.DeleteFile(path);

        public void DeleteFolder(string path)
        {
            if (KeepsFolders) throw new IOException("The folder is in use");
            PhysicalDisk.Instance.DeleteFolder(path);
        }

        private void Count()
        {
            _calls++;
            if (!Broken && _calls != FailAt) return;
            Failed = true;
            throw new IOException("No space left on device");
        }
    }
}
