"""Use cases: async verbs that know only the domain and its ports."""
