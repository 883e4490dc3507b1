namespace Microsoft.ML.ModalityGap;

/// <summary>Remembers which jobs are not over.</summary>
internal sealed class JobRegistryGrain([PersistentState("jobs", FileGrainStorage.Name)] IPersistentState<JobRegistryGrain.Open> state) : Grain, IJobRegistryGrain
{
    public async Task AddAsync(string job)
    {
        if (state.State.Jobs.Contains(job))
            return;
        state.State.Jobs.Add(job);
        await state.WriteStateAsync();
    }

    public async Task RemoveAsync(string job)
    {
        if (state.State.Jobs.Remove(job))
            await state.WriteStateAsync();
    }

    public Task<string[]> ListAsync() => Task.FromResult(state.State.Jobs.ToArray());

    [GenerateSerializer]
    internal sealed class Open
    {
        [Id(0)]
        public List<string> Jobs { get; set; } = [];
    }
}
